"""Text in pictures, Chinese and English: found by a recogniser whose models lie in its package. No network, ever."""
