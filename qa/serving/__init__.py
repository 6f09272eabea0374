"""The binder over the network: what every server of it shares, whatever it speaks."""
