"""The only door to the network: signing, RPC, object store, throttle, what the vendor's errors mean."""
