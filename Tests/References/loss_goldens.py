"""Writes OcellusTrainingTests/Fixtures/losses.safetensors: losses, their gradients and steps of optimisers by PyTorch.

Losses are computed in double precision with PyTorch's own functions where it has them; gradients are autograd's.

    python loss_goldens.py --out ../OcellusTrainingTests/Fixtures
"""
import argparse
import pathlib

import torch
import torch.nn.functional as F

from safetensors_file import write_safetensors

PICTURES, ANCHORS = 3, 32
out = {}


def put(case, **tensors):
    for name, tensor in tensors.items():
        out[f"{case}.{name}"] = tensor.detach().numpy()


def inputs(seed, classes, landmarks):
    """Head rows with targets. The third picture has no object; some logits are extreme; some labels are ignored."""
    generator = torch.Generator().manual_seed(seed)
    rows = PICTURES * ANCHORS
    # Rounded to single precision, so that the library computes from the same numbers.
    normal = lambda *shape: torch.randn(*shape, generator=generator).float().double()
    scores = normal(rows, classes) * 3
    scores[::17] = (scores[::17] * 25).float().double()
    labels = torch.zeros(rows, dtype=torch.int64)
    chance = torch.rand(rows, generator=generator)
    kinds = torch.randint(1, classes, (rows,), generator=generator)
    labels[chance < 0.12] = kinds[chance < 0.12]
    labels[(chance >= 0.12) & (chance < 0.25)] = -1
    labels[2 * ANCHORS:] = torch.where(labels[2 * ANCHORS:] > 0, 0, labels[2 * ANCHORS:])
    data = dict(
        scores=scores.float().double().requires_grad_(), labels=labels,
        boxes=(normal(rows, 4) * 2).requires_grad_(), box_targets=normal(rows, 4))
    if landmarks:
        weights = torch.tensor([0.0, 0.25, 1.0], dtype=torch.float64)[torch.randint(0, 3, (rows,), generator=generator)]
        data |= dict(landmarks=normal(rows, 10).requires_grad_(), landmark_targets=normal(rows, 10),
                     landmark_weights=weights)
    return data


def row_losses(scores, labels, activation, smoothing=0.0):
    """The loss of each row; labels below 0 are read as background and not used."""
    labels = labels.clamp(min=0)
    classes = scores.shape[1]
    if activation == "softmax":
        return F.cross_entropy(scores, labels, reduction="none", label_smoothing=smoothing)
    target = F.one_hot(labels, classes).double() * (1 - smoothing) + smoothing / 2
    return F.binary_cross_entropy_with_logits(scores[:, 1:], target[:, 1:], reduction="none").sum(1)


def mined(scores, labels, activation, ratio, least):
    losses = row_losses(scores.detach(), labels, activation)
    chosen = labels > 0
    for picture in range(PICTURES):
        place = slice(picture * ANCHORS, (picture + 1) * ANCHORS)
        background = (labels[place] == 0).nonzero()[:, 0]
        wanted = min(int(max(ratio * (labels[place] > 0).sum().item(), least)), len(background))
        order = losses[place][background].sort(descending=True, stable=True).indices[:wanted]
        chosen[picture * ANCHORS + background[order]] = True
    return chosen


def focal_rows(scores, labels, activation, alpha, gamma):
    if activation == "softmax":
        # 1 - p as the sum of the others: a subtraction would leave nothing of it where p is nearly 1.
        wrong = (scores.softmax(1) * (1 - F.one_hot(labels.clamp(min=0), scores.shape[1]))).sum(1)
        log_p = torch.where(wrong < 0.5, torch.log1p(-wrong.clamp(max=0.5)),
                            F.log_softmax(scores, 1).gather(1, labels.clamp(min=0)[:, None])[:, 0])
        weight = torch.where(labels > 0, alpha, 1 - alpha)
        return -weight * wrong ** gamma * log_p
    target = F.one_hot(labels.clamp(min=0), scores.shape[1]).double()[:, 1:]
    logits = scores[:, 1:]
    right = torch.where(target > 0, logits, -logits)
    weight = torch.where(target > 0, alpha, 1 - alpha)
    return (-weight * (-right).sigmoid() ** gamma * F.logsigmoid(right)).sum(1)


def detection(case, seed, classes, activation="softmax", landmarks=False, beta=1.0, weights=(1, 1, 1),
              ratio=3, least=0, smoothing=0.0, focal=None):
    data = inputs(seed, classes, landmarks)
    scores, labels = data["scores"], data["labels"]
    positive = labels > 0
    count = max(positive.sum().item(), 1)
    if focal:
        classification = focal_rows(scores, labels, activation, *focal)[labels >= 0].sum() / count
    else:
        chosen = mined(scores, labels, activation, ratio, least)
        classification = row_losses(scores, labels, activation, smoothing)[chosen].sum() / count
    boxes = F.smooth_l1_loss(data["boxes"][positive], data["box_targets"][positive], beta=beta, reduction="sum") / count
    total = weights[0] * classification + weights[1] * boxes
    parts = [classification, boxes]
    if landmarks:
        each = F.smooth_l1_loss(data["landmarks"], data["landmark_targets"], beta=beta, reduction="none").sum(1)
        parts.append((each * data["landmark_weights"])[positive].sum() / count)
        total = total + weights[2] * parts[2]
    total.backward()
    put(case, **data, parts=torch.stack(parts), total=total[None], score_gradients=scores.grad,
        box_gradients=data["boxes"].grad)
    if landmarks:
        put(case, landmark_gradients=data["landmarks"].grad)


def distillation(case, seed, classes, activation, temperature, ratio, exponent, threshold, weights, beta):
    student, teacher = inputs(seed, classes, True), inputs(seed + 1, classes, True)
    s, t = student["scores"], teacher["scores"].detach()
    t = t.clone()
    t[:, 0] += 6
    t = t.float().double()
    if activation == "softmax":
        front = lambda x: 1 - x.softmax(1)[:, 0]
        each = F.kl_div((s / temperature).log_softmax(1), (t / temperature).log_softmax(1), log_target=True,
                        reduction="none").sum(1)
    else:
        front = lambda x: x[:, 1:].sigmoid().max(1).values
        p = (t / temperature).sigmoid()[:, 1:]
        bce = lambda x: F.binary_cross_entropy_with_logits(x[:, 1:] / temperature, p, reduction="none").sum(1)
        each = bce(s) - bce(t)
    teacher_front = front(t)
    count = max(teacher_front.sum().item(), 1)
    background = (1 - teacher_front) * (teacher_front - front(s.detach())).abs() ** exponent
    weight = teacher_front + background * min(1, ratio * count / background.sum().item())
    classification = (weight * each).sum() * temperature ** 2 / count
    listened = torch.where(teacher_front > threshold, teacher_front, 0)[:, None]
    l1 = lambda name: (F.smooth_l1_loss(student[name], teacher[name].detach(), beta=beta, reduction="none")
                       * listened).sum() / count
    boxes, landmarks = l1("boxes"), l1("landmarks")
    total = weights[0] * (classification + weights[1] * boxes + weights[2] * landmarks)
    total.backward()
    put(case, scores=s, boxes=student["boxes"], landmarks=student["landmarks"], teacher_scores=t,
        teacher_boxes=teacher["boxes"], teacher_landmarks=teacher["landmarks"],
        parts=torch.stack([classification, boxes, landmarks]), total=total[None], score_gradients=s.grad,
        box_gradients=student["boxes"].grad, landmark_gradients=student["landmarks"].grad)


def mapped_features(case, seed, cells, own, other, pictures, weight, ridge=1e-4):
    """The variance of a teacher's features that the best linear map of a student's leaves; a picture left out."""
    generator = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=generator).float().double()
    s, t = (normal(PICTURES, cells, own) + 0.5).relu().requires_grad_(), (normal(PICTURES, cells, other) + 0.3).relu()
    kept = torch.tensor(pictures)
    x, y = s[kept].flatten(0, 1), t[kept].flatten(0, 1)
    with torch.no_grad():
        # As one problem of least squares: the ridge is more rows, which ask for a map of zeros.
        centred, aim = x - x.mean(0), y - y.mean(0)
        small = (ridge * centred.square().sum() / own).sqrt() * torch.eye(own, dtype=torch.float64)
        solution = torch.linalg.lstsq(torch.cat([centred, small]), torch.cat([aim, torch.zeros(own, other).double()]))
        linear = solution.solution
        offset = y.mean(0) - x.mean(0) @ linear
    total = (x @ linear + offset - y).square().sum() / aim.square().sum()
    (weight * total).backward()
    put(case, student=s, teacher=t, total=total[None], gradients=s.grad)


def optimiser(case, make):
    """Six steps on one array that decays and one that does not, with a rate that changes."""
    generator = torch.Generator().manual_seed(11)
    start = torch.randn(2, 37, generator=generator)
    gradients = torch.randn(6, 2, 37, generator=generator) * torch.logspace(-4, 2, 37)
    rates = [0.1, 0.05, 0.02, 0.02, 0.01, 0.003]
    weight, bias = (torch.nn.Parameter(start[i].double()) for i in (0, 1))
    rule = make(weight, bias)
    for step, rate in enumerate(rates):
        for group in rule.param_groups:
            group["lr"] = rate
        weight.grad, bias.grad = gradients[step, 0].double(), gradients[step, 1].double()
        rule.step()
    put(case, start=start, gradients=gradients, rates=torch.tensor(rates), end=torch.stack([weight, bias]))


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=pathlib.Path, required=True)
arguments = parser.parse_args()

detection("face", 1, 2, landmarks=True, weights=(1, 2, 0.5), least=7)
detection("ssd", 2, 21, beta=1 / 9, smoothing=0.1)
detection("sigmoid", 3, 7, activation="sigmoid", beta=0.0, weights=(0.5, 3, 1), least=5)
detection("sigmoid_smoothed", 4, 7, activation="sigmoid", smoothing=0.2, ratio=1.5)
detection("focal", 5, 5, focal=(0.25, 2.0))
detection("focal_half", 6, 2, focal=(0.4, 0.5))
detection("focal_sigmoid", 7, 7, activation="sigmoid", focal=(0.25, 1.5))
distillation("distillation", 8, 5, "softmax", temperature=2.0, ratio=3.0, exponent=2.0, threshold=0.3,
             weights=(0.7, 2, 0.5), beta=1.0)
distillation("distillation_face", 10, 2, "softmax", temperature=1.0, ratio=0.5, exponent=1.0, threshold=0.5,
             weights=(1, 1, 1), beta=0.5)
distillation("distillation_sigmoid", 12, 4, "sigmoid", temperature=1.5, ratio=3.0, exponent=1.0, threshold=0.3,
             weights=(1, 1, 1), beta=1.0)
mapped_features("mapped_features", 14, cells=20, own=6, other=4, pictures=[0, 2], weight=3)
groups = lambda weight, bias, decay: [dict(params=[weight], weight_decay=decay), dict(params=[bias], weight_decay=0.0)]
optimiser("sgd", lambda w, b: torch.optim.SGD(groups(w, b, 5e-4), lr=0.1, momentum=0.9))
optimiser("nesterov", lambda w, b: torch.optim.SGD(groups(w, b, 0.05), lr=0.1, momentum=0.8, nesterov=True))
optimiser("adamw", lambda w, b: torch.optim.AdamW(groups(w, b, 0.02), lr=0.1, betas=(0.9, 0.99)))
write_safetensors(arguments.out / "losses.safetensors", out, {"torch": torch.__version__})
