"""When a run has learned enough to end before its last epoch. Pure rules, told in plain words."""

from dragon_app.core.config import FinetuneConfig


def reason_to_end(
    config: FinetuneConfig, *, epoch: int, best_epoch: int, share: float, begins: int = 1
) -> str:
    """Return why a run ends after an epoch (from 1), or nothing when it goes on.

    `share` is what is right of the held-out photos. Patience starts when what should learn does:
    while only the head learns, no gain says nothing about what is to come. It starts anew where
    somebody lets a run go on (`begins`) that had ended because of it.
    """
    if epoch >= config.epochs:
        return ""
    if config.good_enough is not None and share >= config.good_enough:
        return (
            f"Stopped after epoch {epoch}: {share * 100:.3g} % right is good enough; epoch "
            f"{best_epoch} is kept."
        )
    since = max(best_epoch, config.unfreeze_after)
    if begins - 1 - since >= config.patience:
        since = begins - 1
    if not config.patience or epoch - since < config.patience:
        return ""
    waited = epoch - best_epoch
    epochs = "epoch" if waited == 1 else "epochs"
    return (
        f"Stopped after epoch {epoch}: no better for {waited} {epochs}; epoch {best_epoch} is kept."
    )
