"""What several tests share: oracles, corpora, systems and statements to try."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PROOFS = ROOT / "proofs"
GALLERY = PROOFS / "constructions"
