"""Initialisations: options only. Implementations: `lnnstats.draws.inits`.

An init that is `whole` fixes the layers themselves; the others draw what a residual network adds to the identity. One
that is `full_rank` needs layers that a map of full rank passes: none narrower than both the inputs and the outputs. One
of `dense` layers is told of those alone: by an identity, by the product of the layers, by a fan_out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lnnstats.parts.base import Part, Positive, choice, kinds, per_cell


class _Init(Part):
    whole: ClassVar[bool] = False
    full_rank: ClassVar[bool] = False
    dense: ClassVar[bool] = False


class TorchDefault(_Init):
    """Weights and biases ~ U(-1/sqrt(fan_in), 1/sqrt(fan_in)): what torch.nn.Linear and torch.nn.Conv2d draw."""

    kind: Literal["torch_default"] = "torch_default"


class Xavier(_Init):
    """Weights ~ gain * U(-a, a), a = sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16); biases 0."""

    kind: Literal["xavier"] = "xavier"
    dense: ClassVar[bool] = True
    gain: Positive = per_cell(1.0)


class Kaiming(_Init):
    """Weights ~ gain * N(0, 2/fan_in) (He et al. 2015, eq. 10); biases 0."""

    kind: Literal["kaiming"] = "kaiming"
    gain: Positive = per_cell(1.0)


class Gaussian(_Init):
    """Weights ~ gain * N(0, 1/fan_in); biases 0."""

    kind: Literal["gaussian"] = "gaussian"
    gain: Positive = per_cell(1.0)


class Orthogonal(_Init):
    """Weights = gain * (semi-)orthogonal matrix, Haar distributed (QR of a Gaussian, sign-fixed: Mezzadri 2007); biases
    0.
    """

    kind: Literal["orthogonal"] = "orthogonal"
    gain: Positive = per_cell(1.0)


class Identity(_Init):
    """Every layer gain * the (rectangular) identity, nothing random (Bartlett, Helmbold & Long 2018); biases 0."""

    kind: Literal["identity"] = "identity"
    gain: Positive = per_cell(1.0)
    whole: ClassVar[bool] = True
    full_rank: ClassVar[bool] = True
    dense: ClassVar[bool] = True


class Balanced(_Init):
    """W_e ~ scale * N(0, 1/inputs), its singular values shared equally by the layers, so that W_{j+1}' W_{j+1} = W_j
    W_j' (Arora, Cohen, Golowich & Hu 2019, procedure 1); biases 0.

    A block's W_e is the same at every depth and width.
    """

    kind: Literal["balanced"] = "balanced"
    scale: Positive = per_cell(1.0)
    whole: ClassVar[bool] = True
    full_rank: ClassVar[bool] = True
    dense: ClassVar[bool] = True


class ZeroAsymmetric(_Init):
    """The last layer zero, every other the (rectangular) identity, nothing random (Wu, Wang & Ma 2019); biases 0."""

    kind: Literal["zero_asymmetric"] = "zero_asymmetric"
    whole: ClassVar[bool] = True
    full_rank: ClassVar[bool] = True
    dense: ClassVar[bool] = True


class GivenScale(_Init):
    """Weights ~ N(0, 1/fan_in), all multiplied by the one factor that makes the Frobenius norm of W_e = `scale`, so
    that depth does not change the size of the initial map; biases 0.
    """

    kind: Literal["given_scale"] = "given_scale"
    scale: Positive = per_cell(1.0)
    whole: ClassVar[bool] = True
    dense: ClassVar[bool] = True


INITS = kinds(TorchDefault, Xavier, Kaiming, Gaussian, Orthogonal, Identity, Balanced, ZeroAsymmetric, GivenScale)
if TYPE_CHECKING:
    Init = _Init
else:
    Init = choice(INITS)
