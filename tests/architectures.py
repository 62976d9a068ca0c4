"""The ten networks, one of each kind, that must work from end to end."""

TEN = (
    "resnet18",
    "regnet_y_400mf",
    "mobilenet_v3_small",
    "efficientnet_b0",
    "convnext_tiny",
    "densenet121",
    "shufflenet_v2_x1_0",
    "squeezenet1_1",
    "vit_b_16",
    "swin_t",
)
