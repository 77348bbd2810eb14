"""The programme's rules: facts, pure functions and small services; standard library only."""
