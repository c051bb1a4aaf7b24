"""The figures, and the rows behind them: one select for both."""
