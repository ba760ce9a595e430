"""Into the archive on Greenplum and out of it: landing, proof, repair, open copy."""
