"""One class an engine: load a benchmark network, run it once, give its outputs as arrays. Single precision, or what the model's own integers ask for.

Written with onnxruntime 1.32.0, openvino 2026.4.1, ncnn 1.0.20261020 with pnnx 20261020, ai-edge-litert 2.3.0,
opencv-python-headless 5.0.0.93. An engine is imported only in
the process that runs it, after that process is pinned, so that no engine's threads see another's settings.
"""
import shutil
from pathlib import Path
from typing import Protocol

import numpy


class Engine(Protocol):
    def run(self) -> list[numpy.ndarray]: ...


class ONNXRuntime:
    def __init__(self, model: Path, threads: int, pixels: numpy.ndarray) -> None:
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.inputs = {self.session.get_inputs()[0].name: pixels}

    def run(self) -> list[numpy.ndarray]:
        return self.session.run(None, self.inputs)


class OpenVINO:
    def __init__(self, model: Path, threads: int, pixels: numpy.ndarray) -> None:
        import openvino
        settings = {
            "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False}
        compiled = openvino.Core().compile_model(str(model), "CPU", settings)
        self.request, self.count = compiled.create_infer_request(), len(compiled.outputs)
        self.request.set_input_tensor(openvino.Tensor(pixels))

    def run(self) -> list[numpy.ndarray]:
        self.request.infer()
        return [self.request.get_output_tensor(index).data for index in range(self.count)]


class NCNN:
    """Float models by pnnx; int8 by ncnn_int8.py, its pixels already normalized, as ncnn's own input is float."""

    def __init__(self, model: Path, threads: int, pixels: numpy.ndarray) -> None:
        import ncnn
        parameters = model.with_suffix(".ncnn.param")
        if pixels.dtype == numpy.uint8:
            pixels = numpy.load(model.with_suffix(".npy"))
        self.ncnn, self.network = ncnn, ncnn.Net()
        option = self.network.opt
        option.num_threads, option.use_vulkan_compute = threads, False
        option.use_fp16_packed = option.use_fp16_storage = option.use_fp16_arithmetic = False
        option.use_bf16_storage = False
        if self.network.load_param(str(parameters)) or self.network.load_model(str(model.with_suffix(".ncnn.bin"))):
            raise SystemExit(f"{parameters}: ncnn cannot load it")
        self.pixels = ncnn.Mat(pixels[0]).clone()  # a Mat over an array does not keep it alive
        self.outputs = self.network.output_names()

    def run(self) -> list[numpy.ndarray]:
        extractor = self.network.create_extractor()
        extractor.input("in0", self.pixels)
        return [numpy.array(extractor.extract(name)[1])[None] for name in self.outputs]


class LiteRT:
    """With XNNPACK, as it comes; the file is what onnx_to_tflite.py makes of the model."""

    def __init__(self, model: Path, threads: int, pixels: numpy.ndarray) -> None:
        from ai_edge_litert.interpreter import Interpreter
        self.interpreter = Interpreter(str(model.with_suffix(".tflite")), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.source = self.interpreter.get_input_details()[0]["index"]
        values = pixels.transpose(0, 2, 3, 1)
        if pixels.dtype == numpy.uint8:
            values = (values.astype(numpy.int16) - 128).astype(numpy.int8)
        self.pixels = numpy.ascontiguousarray(values)
        self.outputs = [detail["index"] for detail in self.interpreter.get_output_details()]

    def run(self) -> list[numpy.ndarray]:
        self.interpreter.set_tensor(self.source, self.pixels)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(index) for index in self.outputs]


class OpenCV:
    """OpenCV's own DNN module, which reads both kinds of ONNX file."""

    def __init__(self, model: Path, threads: int, pixels: numpy.ndarray) -> None:
        import cv2
        cv2.setNumThreads(threads)
        self.network, self.pixels = cv2.dnn.readNetFromONNX(str(model)), pixels
        self.outputs = self.network.getUnconnectedOutLayersNames()

    def run(self) -> list[numpy.ndarray]:
        self.network.setInput(self.pixels)
        return list(self.network.forward(self.outputs))


ENGINES = {"ONNX Runtime": ONNXRuntime, "OpenVINO": OpenVINO, "ncnn": NCNN, "LiteRT": LiteRT, "OpenCV": OpenCV}
PACKAGES = {
    "ONNX Runtime": "onnxruntime", "OpenVINO": "openvino", "ncnn": "ncnn", "LiteRT": "ai-edge-litert",
    "OpenCV": "opencv-python-headless"}
