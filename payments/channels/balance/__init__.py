"""The prepaid balance: a channel without a provider.

Its money never leaves the ledger, so a payment and a refund are made inside the transaction that
asks for them (``payments/flows``); the adapter here says what the channel can do, and answers every
question of the channel protocol with the fact that there is nobody to ask.
"""
