"""The Singer tap and target, as Meltano runs them."""
