"""WeChat Pay APIv3 (direct merchant): native QR payments, refunds and their notifications."""
