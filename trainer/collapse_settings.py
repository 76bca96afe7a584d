"""When contrastive learning counts as collapsed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CollapseSettings:
    """When a run counts as collapsed."""

    after_steps: int = 2000
    """Steps before the loss is judged; 0 never judges anything."""
    chance_margin: float = 0.01
    """A mean loss within this part of ln(1 + negatives), or above it, is chance."""
    window: int = 50
    """Steps that figures are averaged over."""
    feature_spread: float = 1e-3
    """Standard deviation of the encoder's features relative to their size, below which all frames
    look alike."""
    encoder_gradient: float = 1e-6
    """Gradient norm of the encoder, below which it learns nothing."""

    def reason(self, step: int, loss: float, chance: float, spread: float, gradient: float) -> str:
        """What is wrong after `step` steps, in words; empty if nothing is.

        Args:
            step: finished optimizer steps.
            loss: mean of the window, nats.
            chance: ln(1 + negatives).
            spread: mean feature spread of the window.
            gradient: largest gradient norm of the encoder in the window.
        """
        if spread < self.feature_spread:
            return f"the encoder gives the same features for every frame (spread {spread:.1e})"
        if gradient < self.encoder_gradient:
            return f"no gradient reaches the encoder (norm {gradient:.1e})"
        if step >= self.after_steps and loss > (1 - self.chance_margin) * chance:
            return f"the loss {loss:.3f} is that of guessing, ln(1 + negatives) = {chance:.3f}"
        return ""
