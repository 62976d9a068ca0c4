"""What the page says about each setting: its label, a hint in plain words, its choices. No rule."""

from dragon_app.core.config import Arithmetic, Augment, Balance
from dragon_app.ui.setting_words import STEPPING, SettingWords
from dragon_app.ui.settings_course import COURSE_SETTINGS
from dragon_app.ui.settings_network import NETWORK_SETTINGS

_PHOTOS, _END, _MACHINE = "What it learns from", "When it ends", "Repeating it"
_VARYING = ("augment", (Augment.LIGHT, Augment.MEDIUM, Augment.STRONG))

SETTINGS: tuple[SettingWords, ...] = (
    *NETWORK_SETTINGS,
    *COURSE_SETTINGS,
    SettingWords(
        name="augment",
        label="Vary the photos",
        hint="Photos are cropped, mirrored and tinted a little each time, so that few go further.",
        group=_PHOTOS,
        options=(
            (Augment.OFF, "Off"),
            (Augment.LIGHT, "Light"),
            (Augment.MEDIUM, "Medium"),
            (Augment.STRONG, "Strong"),
        ),
    ),
    SettingWords(
        name="mirror",
        label="Does left and right matter?",
        hint="For letters, arrows or road signs: yes. For flowers or knights: no.",
        group=_PHOTOS,
        options=(
            ("true", "No: mirror half of them"),
            ("false", "Yes: never mirror them"),
        ),
        only_if=_VARYING,
    ),
    SettingWords(
        name="balance",
        label="Rare classes",
        hint="Where one class has far fewer photos than another, each of them can count more.",
        group=_PHOTOS,
        options=(
            (Balance.AUTO, "More where very unequal"),
            (Balance.OFF, "Every photo counts alike"),
            (Balance.LOSS, "Mistakes on them count more"),
            (Balance.SAMPLING, "Their photos come more often"),
        ),
    ),
    SettingWords(
        name="patience",
        label="Patience",
        hint="The run ends after so many epochs without a better one. The best is kept anyway.",
        group=_END,
        unit="epochs",
        least=0,
        most=1000,
        range="0 to 1000 epochs; 0: all epochs are run",
        step="1",
        only_if=STEPPING,
    ),
    SettingWords(
        name="good_enough",
        label="Good enough",
        hint="The run ends as soon as this share of the held-out photos is right.",
        group=_END,
        least=0,
        most=1,
        range="above 0, up to 1: 0.95 is 95 of 100; empty: it goes on",
        only_if=STEPPING,
    ),
    SettingWords(
        name="seed",
        label="Seed",
        hint="The number that chance begins with. The same one on the same photos repeats a run.",
        group=_MACHINE,
        least=0,
        most=2**31 - 1,
        range="0 to 2147483647",
        step="1",
    ),
    SettingWords(
        name="device",
        label="Device",
        hint="What does the work. A graphics card is many times faster.",
        group=_MACHINE,
        options=(
            ("auto", "The fastest here"),
            ("cpu", "Processor"),
            ("cuda", "NVIDIA card"),
            ("mps", "Apple's GPU"),
        ),
    ),
    SettingWords(
        name="arithmetic",
        label="Arithmetic",
        hint="How many digits every number keeps, and how photos lie in memory: colour by colour, "
        "or pixel by pixel. Half the digits are faster on many machines and change little.",
        group=_MACHINE,
        options=(
            (Arithmetic.AUTO, "The fastest here"),
            (Arithmetic.FLOAT32, "All digits (32 bits)"),
            (Arithmetic.FLOAT32_LAST, "All digits, pixel by pixel"),
            (Arithmetic.BFLOAT16, "Half the digits (16 bits)"),
            (Arithmetic.BFLOAT16_LAST, "Half the digits, pixel by pixel"),
        ),
    ),
)
