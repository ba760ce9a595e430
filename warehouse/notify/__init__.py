"""Tells people how a run went, by e-mail, Slack or a webhook, where a setting names one.

- `findings`: what of a run people should hear.
- `message`: the one message of a run; `without_values` keeps what is personal out of it.
- `channels`: where messages go.
- `told`: what people were told last, so that they hear when it is well again.
- `command`: `warehouse notify-test`.
"""
