"""Read-only measures over all of it; one definition per figure, used by screen and export."""
