"""The diagnostic social et financier (DSF): asked, made, how it ended, sent to whom and when."""
