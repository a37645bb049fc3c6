"""coco_ssd_mobilenet_v1_1.0_quant.tflite as a float network, its anchors, decoding and labels.

The graph is read with the flatbuffer schema that ai-edge-litert 2.3.0 ships and run by torch 2.15.0 on dequantised
weights. `clamps` keeps each activation inside the range its quantised tensor can hold: the file stores the
backbone's ReLU6 only as such ranges (scale 0.0235285, zero point 0), so a run without them has no activation there.
The file's anchors are quantised too, in steps of 0.00645 of the picture; tensorflow_anchors.py has what they stand for.
"""
from pathlib import Path

import numpy
import torch
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers
from torch.nn import functional

from reference_common import suppressed

ACTIVATION_BOUNDS = {0: (-numpy.inf, numpy.inf), 1: (0.0, numpy.inf), 3: (0.0, 6.0)}
NUMPY_TYPES = {0: numpy.float32, 2: numpy.int32, 3: numpy.uint8}


class TFLiteNetwork:
    """Reads the file once; `run` takes float [300, 300, 3] in [-1, 1] and gives class logits and box rows."""

    def __init__(self, path: Path, clamps: str = "ranges", precision: torch.dtype = torch.float32) -> None:
        content = path.read_bytes()
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        self.graph = self.model.subgraphs[0]
        self.clamps, self.precision = clamps, precision
        self.constants = {index: self.constant(index) for index in range(len(self.graph.tensors))}
        self.multiply_accumulates = 0
        last = self.graph.operators[-1]
        self.post_processing: dict[str, float] = flexbuffers.Loads(bytes(last.customOptions))
        self.box_tensor, self.score_tensor, anchors = last.inputs
        self.logit_tensor = next(o.inputs[0] for o in self.graph.operators if o.outputs[0] == self.score_tensor)
        self.anchors = self.constants[anchors].double().numpy()

    def constant(self, index: int) -> torch.Tensor | None:
        """The dequantised value of a constant tensor, None for an activation."""
        tensor = self.graph.tensors[index]
        data = self.model.buffers[tensor.buffer].data
        if data is None or len(data) == 0:
            return None
        values = numpy.frombuffer(bytes(data), NUMPY_TYPES[tensor.type]).reshape(tensor.shape)
        quantization = tensor.quantization
        if quantization is not None and quantization.scale is not None and len(quantization.scale):
            values = (values.astype(numpy.float64) - int(quantization.zeroPoint[0])) * float(quantization.scale[0])
        return torch.from_numpy(numpy.array(values)).to(self.precision)

    def bounded(self, value: torch.Tensor, index: int, activation: int) -> torch.Tensor:
        """The fused activation, then what `clamps` asks for: none, relu6 (backbone only), ranges or rounded."""
        low, high = ACTIVATION_BOUNDS[activation]
        tensor = self.graph.tensors[index]
        scale, zero = float(tensor.quantization.scale[0]), int(tensor.quantization.zeroPoint[0])
        if self.clamps == "relu6" and tensor.name.endswith(b"/Relu6"):
            low, high = 0.0, 6.0
        if self.clamps in ("ranges", "rounded"):
            low, high = max(low, -zero * scale), min(high, (255 - zero) * scale)
        value = value.clamp(low, high)
        return torch.round(value / scale) * scale if self.clamps == "rounded" else value

    def convolution(self, operator: schema.OperatorT, value: torch.Tensor, depthwise: bool) -> torch.Tensor:
        weights, bias = (self.constants[index] for index in operator.inputs[1:3])
        kernel = weights.permute(3, 0, 1, 2) if depthwise else weights.permute(0, 3, 1, 2)
        options = operator.builtinOptions
        stride, size, side = options.strideH, kernel.shape[2], value.shape[2]
        total = max((-(-side // stride) - 1) * stride + size - side, 0)  # SAME: the odd pixel goes right and below
        before, after = total // 2, total - total // 2
        padded = functional.pad(value, (before, after, before, after))
        result = functional.conv2d(padded, kernel, bias, stride, groups=value.shape[1] if depthwise else 1)
        self.multiply_accumulates += result.shape[2] * result.shape[3] * kernel.numel()
        return self.bounded(result, operator.outputs[0], options.fusedActivationFunction)

    def run(self, pixels: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Class logits [1917, 91] (0 is background) and box rows [1917, 4] (y, x, height, width)."""
        values = {int(self.graph.inputs[0]): torch.from_numpy(pixels).to(self.precision).permute(2, 0, 1)[None]}
        self.multiply_accumulates = 0
        with torch.inference_mode():
            for operator in self.graph.operators:
                code = self.model.operatorCodes[operator.opcodeIndex].deprecatedBuiltinCode
                inputs, output = operator.inputs, int(operator.outputs[0])
                if code in (3, 4):
                    values[output] = self.convolution(operator, values[int(inputs[0])], depthwise=code == 4)
                elif code == 22:
                    value = values[int(inputs[0])]
                    value = value.permute(0, 2, 3, 1) if value.ndim == 4 and value.shape[-1] != 4 else value
                    values[output] = value.reshape([int(side) for side in self.graph.tensors[output].shape])
                elif code == 2:
                    values[output] = torch.cat([values[int(index)] for index in inputs], dim=1)
                elif code not in (14, 32):
                    raise SystemExit(f"operator code {code} is not one this reference knows")
        logits, boxes = values[int(self.logit_tensor)][0], values[int(self.box_tensor)]
        return logits.double().numpy(), boxes.reshape(-1, 4).double().numpy()

    def decode(self, logits: numpy.ndarray, rows: numpy.ndarray, threshold: float, limit: int) -> list[tuple]:
        """(class from 0 = person, score, corner box in units of the picture); one class an anchor, one NMS for all."""
        options, anchors = self.post_processing, self.anchors  # anchors: centre y, centre x, height, width
        centre_y = rows[:, 0] / options["y_scale"] * anchors[:, 2] + anchors[:, 0]
        centre_x = rows[:, 1] / options["x_scale"] * anchors[:, 3] + anchors[:, 1]
        half_height = numpy.exp(rows[:, 2] / options["h_scale"]) * anchors[:, 2] / 2
        half_width = numpy.exp(rows[:, 3] / options["w_scale"]) * anchors[:, 3] / 2
        boxes = numpy.stack(
            [centre_x - half_width, centre_y - half_height, centre_x + half_width, centre_y + half_height], axis=1)
        classes = logits[:, 1:].argmax(axis=1)
        scores = 1 / (1 + numpy.exp(-logits[numpy.arange(len(logits)), classes + 1]))
        chosen = numpy.flatnonzero(scores >= threshold)
        kept = chosen[suppressed(boxes[chosen], scores[chosen], options["nms_iou_threshold"], limit)]
        return [(int(classes[index]), float(scores[index]), boxes[index]) for index in kept]


def read_label_map(path: Path) -> list[str]:
    """Line 0 is the background (???): class 0 of the file's output is line 1, person."""
    return path.read_text().splitlines()[1:]
