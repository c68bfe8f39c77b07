"""The diagnostic social et financier (DSF) and the regularity of acts that it reports.

DSF: asked, made, how it ended, sent to whom and when. Regularity: what the team finds of each act,
beside what the law engine computes of it.
"""
