"""Views of a batch: their shape, what varies, what does not."""

import torch
from starter_views import Variation, mixed, normalised, resized, views

STILL = Variation(smallest_share=1.0, stretch=1.0, colour=0.0, grey=0.0)


def batch() -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (4, 3, 16, 16), generator=generator, dtype=torch.uint8)


def test_the_same_generator_gives_the_same_views() -> None:
    first, second = (
        views(batch(), 24, Variation(), torch.Generator().manual_seed(3)) for _ in range(2)
    )
    assert first.shape == (4, 3, 24, 24)
    assert torch.equal(first, second)


def test_without_variation_a_view_is_its_photo_or_its_mirror_image() -> None:
    seen = views(batch(), 16, STILL, torch.Generator().manual_seed(0))
    plain = normalised(batch())
    for view, photo in zip(seen, plain, strict=True):
        assert torch.allclose(view, photo, atol=1e-4) or torch.allclose(
            view, photo.flip(-1), atol=1e-4
        )


def test_grey_views_have_no_colours() -> None:
    grey = Variation(smallest_share=1.0, stretch=1.0, colour=0.0, grey=1.0)
    seen = views(batch(), 16, grey, torch.Generator().manual_seed(0))
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    pixels = seen * std + mean
    assert float((pixels.amax(1) - pixels.amin(1)).max()) < 1e-4


def test_mixtures_keep_the_share_they_tell() -> None:
    images = normalised(batch())
    mixture, order, share = mixed(images, 1.0, torch.Generator().manual_seed(0))
    expected = images * share + images[order] * (1 - share)
    assert torch.allclose(mixture, expected, atol=1e-5)


def test_whole_photos_come_at_the_size_asked_for() -> None:
    assert resized(batch(), 20).shape == (4, 3, 20, 20)
