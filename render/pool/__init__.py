"""Question pools for learning platforms: what a problem asks and answers, as questions that a machine marks."""
