// Written by Tests/References/import_goldens.py; do not edit. What torch, safetensors, ONNX and LiteRT read in the
// fixtures: numpy 2.4.6, torch 2.15.0, safetensors 0.8.0, ai-edge-litert 2.3.0, onnx 1.23.2.
// swift-format-ignore-file

/// An array's name, sizes and values.
struct Golden: Sendable {
    let name: String
    let dimensions: [Int]
    let values: [Float]

    init(_ name: String, _ dimensions: [Int], _ values: [Float]) {
        (self.name, self.dimensions, self.values) = (name, dimensions, values)
    }
}

/// A file outside the repository: its number of arrays, and the sums of some.
struct RealFile: Sendable {
    let name: String
    let count: Int
    let sums: [(name: String, dimensions: [Int], sum: Double)]

    init(_ name: String, _ count: Int, _ sums: [(name: String, dimensions: [Int], sum: Double)]) {
        (self.name, self.count, self.sums) = (name, count, sums)
    }
}

enum Goldens {
    static let stateDictionary: [Golden] = [
        Golden("conv.weight", [4, 3, 2, 2], [-0.13543689, 0.74711823, 0.61181575, 1.8677835, 2.5116029, -1.2547852, 0.8164565, -1.0653989, -1.6370213, 0.15771191, 0.39574093, -1.3677397, -0.100734316, 0.23701459, 0.6326821, -0.09167717, -0.38211593, -1.1668941, 0.36357585, -0.3156411, -0.53207886, 0.29914185, -1.4204445, -0.16345488, 0.6901244, -0.14426184, 1.6120467, 1.5671238, -0.93883914, -1.2369686, -0.0625674, 0.4495094, 1.5496191, 0.5989, -0.6376678, -2.2858188, -0.36766416, -0.882181, 0.54601204, 0.14851213, -0.75565356, 0.39174548, 0.74698085, 1.3797723, 1.2877198, 0.86843807, -1.3821985, -0.9632286]),
        Golden("conv.bias", [4], [0.10724146, 0.6125166, 0.32964543, -0.87627965]),
        Golden("depthwise.weight", [4, 1, 3, 3], [-0.53682244, 0.82888263, 1.0570698, -1.1046938, 0.12744354, -0.018942945, -0.40727082, 0.5316965, 0.38363746, 1.9125689, -1.2145036, 1.771138, 0.50707644, -0.1575864, 0.46031657, -1.1532081, -1.1247002, -0.31443977, 0.62596196, 0.09080637, -0.22398898, -0.7954691, -2.1339302, -0.7492699, 0.6339749, 1.0036361, -2.188052, -0.99272156, 0.12676024, -1.5152316, -0.9126952, 1.2716057, 0.14513153, 1.3705013, -0.37588927, 0.16890126]),
        Golden("bn.num_batches_tracked", [], [41.0]),
        Golden("half", [3, 2], [-0.8666992, 2.5039062, -0.5644531, 1.15625, -0.6875, 0.3515625]),
        Golden("bfloat", [5], [1.5078125, -0.5234375, 0.02319336, -3.328125, 1.9609375]),
        Golden("double", [2, 2], [0.10069764, -1.2005416, 1.265024, 0.36034167]),
        Golden("transposed", [6, 4], [-0.8201345, -0.6410915, -1.3032167, -2.0564625, 0.39563116, -0.8936554, 0.08747838, -0.35672253, 0.8989085, -0.8489086, -1.3849614, 1.0955805, -1.3884039, -1.2169294, 0.5035639, 0.48235416, -0.16699602, -0.081021585, -0.8667016, 1.3989184, 0.28514996, 1.3614851, -0.5640067, 1.4058529]),
        Golden("slice", [2, 3], [-0.6410915, -0.8489086, -0.081021585, -1.3032167, -1.3849614, -0.8667016]),
        Golden("channels_last", [1, 3, 2, 2], [0.6343103, -0.6197077, 0.57399935, -0.07980326, 0.9674044, -0.77607167, 0.55515474, 0.22739312, -2.1934059, -0.31287646, 0.38690487, 0.38311523]),
        Golden("empty", [0, 3], []),
        Golden("short", [2], [-5.0, 300.0]),
        Golden("int", [2], [-70000.0, 70000.0]),
        Golden("char", [2], [-128.0, 127.0]),
        Golden("byte", [2], [0.0, 255.0]),
        Golden("bool", [2], [1.0, 0.0]),
    ]
    static let mixed: [Golden] = [
        Golden("f32", [2, 3], [-0.80074906, -0.0094714165, 0.8702841, -0.879723, -1.0458837, -1.1058018]),
        Golden("bf16", [3], [-1.4765625, -0.02758789, 1.109375]),
        Golden("f64", [2], [-1.1302432, -0.8778441]),
        Golden("i8", [3], [-128.0, 5.0, 127.0]),
        Golden("u8", [2], [0.0, 255.0]),
        Golden("i16", [2], [-300.0, 300.0]),
        Golden("i32", [2, 1], [-70000.0, 70000.0]),
        Golden("i64", [2], [-5.0, 1099511600000.0]),
        Golden("bool", [2], [1.0, 0.0]),
        Golden("scalar", [], [2.5]),
        Golden("empty", [0, 3], []),
    ]
    static let mixedHalves: [UInt32] = [0x3fc00000, 0x80000000, 0x33800000, 0x477fe000, 0x7f800000, 0x37280000]
    static let onnx: [Golden] = [
        Golden("17", [3, 1, 3, 3], [1.8267566, -3.078332, 0.95806396, 0.069637224, 1.3182501, 0.38562924, 1.8272586, 0.031743757, -0.51622945, 0.5804849, 0.43210685, -0.35683936, -0.24730383, 0.7194407, 0.704316, -0.49393424, -0.36771372, -1.8067904, 1.6792074, -0.22429088, 1.3372774, 0.4174656, 1.9439628, 1.53711, 0.31829843, 1.4807634, -0.95012355]),
        Golden("18", [3], [1.2586181, -1.4804236, 0.34323636]),
        Golden("head.weight", [2, 3, 1, 1], [1.0648764, 0.22363214, -0.3671375, -0.80556005, -0.34280002, 1.0511252]),
        Golden("factor", [], [0.89083946]),
    ]
    static let tfliteConstants: [Golden] = [
        Golden("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_0/weights_quant/FakeQuantWithMinMaxVars", [2, 3, 3, 3], [-0.65000004, 0.98800004, -0.832, -1.222, -1.4560001, 1.5860001, 1.365, -1.248, -0.32500002, -0.078, -1.495, 0.98800004, 0.13, 0.572, 1.04, -0.013, -0.052, -0.36400002, -1.508, 0.299, 1.222, 0.975, 1.599, 0.32500002, 1.079, 1.391, -0.624, 1.4634, 1.3008001, -2.3577, -1.084, -3.2791002, 0.35230002, 3.0623, -1.4905, -0.1084, 2.5745, -0.1355, 2.5474, -2.4661, -1.1924, -1.9783001, 1.9512, -0.70460004, 2.2493, -1.8428, 0.8401, 2.9539, -2.0325, 0.271, -1.9241, 0.32520002, -1.9783001, -2.8997002]),
        Golden("unnamed_bias", [2], [0.07810156, -1.4111055]),
        Golden("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_1_depthwise/weights", [1, 3, 3, 2], [-0.429, 1.5999999, -1.034, 1.3, -0.572, 0.78, 0.759, 2.28, 0.539, 2.3, 0.65999997, 2.44, -0.396, 1.3399999, -0.847, 0.62, 0.176, -1.8399999]),
        Golden("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_1_depthwise/depthwise_Fold_bias", [2], [-0.6098015, -2.99719]),
        Golden("anchors", [3, 4], [1.3674, 0.70305, 1.4641501, 0.79335004, 1.3287001, 0.84495, 0.93525004, 0.6837, 0.5934, 0.0774, 1.09005, 1.0449001]),
        Golden("shape", [2], [1.0, 4.0]),
        Golden("plain", [2], [0.5, -3.0]),
    ]
    /// Name, sizes and sum (in double precision) of every 20th tensor.
    static let realFiles: [RealFile] = [
        RealFile("retinaface_mobilenet0.25_300.pth", 300, [
            ("body.stage1.0.0.weight", [8, 3, 3, 3], 3.45035033847671),
            ("body.stage1.2.1.bias", [16], 9.201214927714318),
            ("body.stage1.3.4.running_var", [32], 8.581478036940098),
            ("body.stage1.5.3.weight", [64, 64, 1, 1], 2.438436993645155),
            ("body.stage2.1.1.bias", [128], 13.790638514736202),
            ("body.stage2.2.4.running_var", [128], 12.512798268347979),
            ("body.stage2.4.3.weight", [128, 128, 1, 1], -28.97927774214986),
            ("body.stage3.0.1.bias", [128], 32.99888936057687),
            ("body.stage3.1.4.running_var", [256], 13.793218161910772),
            ("fpn.merge1.0.weight", [64, 64, 3, 3], -133.39785430616945),
            ("ssh1.conv5X5_1.1.bias", [16], -1.760745469480753),
            ("ssh1.conv7x7_3.1.running_var", [16], 3.4805131554603577),
            ("ssh2.conv7X7_2.0.weight", [16, 16, 3, 3], -26.082117989360995),
            ("ssh3.conv5X5_1.1.bias", [16], 0.4916939325630665),
            ("ssh3.conv7x7_3.1.running_var", [16], 2.262777393683791),
        ]),
        RealFile("mobilenetV1X0.25_pretrain.tar", 164, [
            ("stage1.0.0.weight", [8, 3, 3, 3], 5.798084020148963),
            ("stage1.2.1.bias", [16], 8.60183709859848),
            ("stage1.3.4.running_var", [32], 23.56175421178341),
            ("stage1.5.3.weight", [64, 64, 1, 1], 18.934040839551017),
            ("stage2.1.1.bias", [128], 12.16824426362291),
            ("stage2.2.4.running_var", [128], 45.659720569849014),
            ("stage2.4.3.weight", [128, 128, 1, 1], -37.46468456367256),
            ("stage3.0.1.bias", [128], 42.13740635616705),
            ("stage3.1.4.running_var", [256], 37.298601895570755),
        ]),
        RealFile("ultraface_rfb_320.pth", 244, [
            ("base_net.0.0.weight", [16, 3, 3, 3], 1.6820906481007114),
            ("base_net.2.1.bias", [32], 8.46881914511323),
            ("base_net.3.4.running_var", [32], 2.410791613161564),
            ("base_net.5.3.weight", [64, 64, 1, 1], 1.5458854092030379),
            ("base_net.7.branch0.0.bn.bias", [8], -0.9050293192267418),
            ("base_net.7.branch1.0.bn.running_var", [8], 0.12304439954459667),
            ("base_net.7.branch2.1.conv.weight", [12, 8, 3, 3], -9.526051255346829),
            ("base_net.7.ConvLinear.bn.bias", [64], 6.08582690928597),
            ("base_net.8.4.running_var", [128], 0.4927113503217697),
            ("base_net.10.3.weight", [128, 128, 1, 1], -61.10357670394262),
            ("base_net.12.1.bias", [256], -3.346136609601672),
            ("classification_headers.1.0.weight", [128, 1, 3, 3], 20.471734004226164),
            ("regression_headers.2.2.weight", [8, 256, 1, 1], -1.4335582215262548),
        ]),
        RealFile("coco_ssd_mobilenet_v1_1.0_quant.tflite", 108, [
            ("BoxPredictor_0/BoxEncodingPredictor/Conv2D_bias", [12], -3.1471894420683384),
            ("BoxPredictor_3/ClassPredictor/Conv2D_bias", [546], -2475.7298135757446),
            ("FeatureExtractor/MobilenetV1/Conv2d_13_pointwise_1_Conv2d_4_1x1_96/Conv2D_Fold_bias", [96], 17.36090961098671),
            ("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_11_pointwise/Conv2D_Fold_bias", [384], 223.46754305902869),
            ("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_3_pointwise/Conv2D_Fold_bias", [96], 39.829589292407036),
            ("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_8_pointwise/Conv2D_Fold_bias", [384], 119.51028583571315),
        ]),
        RealFile("mobilenet_v1_0.25_128_quant.tflite", 57, [
            ("MobilenetV1/Logits/SpatialSqueeze", [2], 1002.0),
            ("MobilenetV1/MobilenetV1/Conv2d_13_pointwise/BatchNorm_Fold/bias", [256], 69.63614021067042),
            ("MobilenetV1/MobilenetV1/Conv2d_6_depthwise/depthwise_Fold;MobilenetV1/MobilenetV1/Conv2d_6_depthwise/weights_quant/FakeQuantWithMinMaxVars", [1, 3, 3, 64], 26.462633281946182),
        ]),
    ]
}
