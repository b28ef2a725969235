"""Alipay: QR and web page payments over the classic gateway, both key modes, and its simulator."""
