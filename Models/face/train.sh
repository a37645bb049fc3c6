#!/bin/sh
# Trains the face model that the library brings along: a narrow network in twelve stages in float and one in int8, a wider one
# grown from it in five, int8 again. Each stage goes on where it was when this is started again. About fifteen hours on two
# cores that have nothing else to do, when it was run: since then the first stages that YuNet teaches do a third more pictures a
# second, and anchors beyond the right and lower edge of pictures without faces no longer learn what the teacher takes for one there.
#
#   Models/face/train.sh DATA NEGATIVES TEACHER CROWDS FOLDER
#
# DATA       folder of faces as RetinaFace's text lists (label_train.txt, label_val.txt, images/)
# NEGATIVES  folder of photographs without faces
# TEACHER    float model of the same architecture (RetinaFace's published weights, imported)
# CROWDS     the last stages' teacher: YuNet-n as published (.onnx)
# FOLDER     where the stages are written; FOLDER/face.safetensors is the result
set -eu
data=$1 negatives=$2 teacher=$3 crowds=$4 folder=$5
ocellus=${OCELLUS:-ocellus}
mkdir -p "$folder"

# How often each collection of photographs, a folder of DATA, is taken; leave out those that DATA lacks: alone, in mosaics, and its pictures without a face.
others=flickr8k=.06:.05:.2,voc12=.06:.05:.2,ccp=.04:.03,coco128=.02:.02:.2,humanseg=.02:.02
weights=cvpr13=.25:.35,mask=.32:.20,sports=.25:.20,$others

stage() { # stage NAME ARGUMENT...
    name=$1
    shift
    [ ! -f "$folder/$name.safetensors" ] || return 0
    resume=
    [ ! -d "$folder/$name.safetensors.run" ] || resume=--resume
    "$ocellus" train --data "$data" --negatives "$negatives" --teacher "$teacher" --out "$folder/$name.safetensors" \
        --batch 16 --int8-steps 0 --negative-ratio 5 --teacher-weight 2 --source-weights $weights \
        --picture-memory 3500 $resume "$@"
}

features="--teacher-feature-weight 10"
# Small canvases first: twice as many pictures a second, and anchors keep their sizes in pixels.
stage small --from scratch --architecture retinaface-mobilenet0.25 --size 192 --seed 11 --steps 4000 $features \
    --rate 2e-3 --warm-up 200 --final-rate 0.4 --landmark-weight 0.5 --teacher-landmark-weight 0.5 --regression-beta 0.3 \
    --average 0.998 --measure-every 1000
stage first --from "$folder/small.float.safetensors" --size 300 --seed 12 --steps 6000 $features \
    --rate 1.5e-3 --warm-up 100 --final-rate 0.01 --landmark-weight 1 --teacher-landmark-weight 0.3 --regression-beta 0.2 \
    --average 0.999 --measure-every 1500
# Points count more from here on, and small errors of boxes and points.
fine="--size 300 --regression-beta 0.1 --average 0.999 --measure-every 2000"
stage second --from "$folder/first.float.safetensors" --seed 22 --steps 4000 --rate 1.5e-3 --warm-up 100 --final-rate 0.75 \
    --landmark-weight 2 $features $fine
# What the network still takes for a face, more often …
fine="$fine --warm-up 50 --mine-negatives --negative-share 0.2"
stage third --from "$folder/second.float.safetensors" --seed 23 --steps 9000 --rate 1.2e-3 --final-rate 0.005 \
    --landmark-weight 2 $features $fine
# … and with more weight.
stage fourth --from "$folder/third.float.safetensors" --seed 31 --steps 4400 --rate 1.2e-3 --final-rate 0.78 \
    --landmark-weight 2 --negative-weight 10 $features $fine
# The teacher has answers to give but its features hold the student back by now …
fine="$fine --landmark-weight 4 --negative-weight 10"
stage fifth --from "$folder/fourth.float.safetensors" --seed 32 --steps 13000 --rate 1.2e-3 --final-rate 0.005 \
    --teacher-landmark-weight 0.5 $fine
stage sixth --from "$folder/fifth.float.safetensors" --seed 41 --steps 2345 --rate 1.2e-3 --final-rate 0.966 \
    --teacher-landmark-weight 0.3 $fine
# … and of crowds another teacher knows more. Its points are worse than the student's. The last step is kept: on a few
# hundred pictures earlier ones may look better, and are worse in crowds.
teacher=$crowds
fine="$fine --blend 0.8 --score-threshold 0.6 --overlap-threshold 0.45 --keep-last"
stage seventh --from "$folder/sixth.float.safetensors" --seed 51 --steps 16000 --rate 1.2e-3 --final-rate 0.005 \
    --teacher-landmark-weight 0.1 $fine
# Enlarged, the same pixels tell that teacher much more: it is heard twice as loud, and about heads that are turned and faces
# that are wide and narrow too …
fine="$fine --teacher-enlargement 1.6 --teacher-weight 4 --turn 18 --stretch 0.15"
stage eighth --from "$folder/seventh.float.safetensors" --seed 61 --steps 5786 --rate 1.2e-3 --final-rate 0.745 \
    --teacher-landmark-weight 0.1 $fine
# … and so must be what people set: points, and pictures without a face.
fine="$fine --teacher-landmark-weight 0.05 --landmark-weight 6 --negative-weight 25"
stage ninth --from "$folder/eighth.float.safetensors" --seed 62 --steps 10800 --rate 9e-4 --final-rate 0.005 $fine
# … and both once more. Fewer portraits in mosaics, more streets and teams.
weights=cvpr13=.25:.25,mask=.32:.25,sports=.25:.30,$others
fine="$fine --teacher-enlargement 2 --teacher-weight 6 --turn 15 --landmark-weight 8"
stage tenth --from "$folder/ninth.float.safetensors" --seed 74 --steps 8000 --rate 8e-4 --final-rate 0.005 $fine
# Up to here the shipped model's teacher saw the student's own pixels enlarged, with all that had befallen them, and nothing was
# dimmed. From here on it looks at canvases drawn for it, and the student must see in the dark.
fine="$fine --negative-weight 40"
stage last --from "$folder/tenth.float.safetensors" --seed 81 --steps 10000 --rate 8e-4 --final-rate 0.005 $fine
# That it has learnt, and has forgotten a little of all else: what lies between both has most of the one and all of the other.
"$ocellus" average "$folder/tenth.float.safetensors" "$folder/last.float.safetensors" --weights .7,.3 \
    --out "$folder/mean.float.safetensors"

# The same again under simulated int8: a network that has learnt this much loses to calibration alone what this gives back.
# With negatives that count more it finds less in crowds; the score from which faces are reported keeps those out that deceive it.
stage narrow --from "$folder/mean.float.safetensors" --seed 76 --steps 0 --int8-steps 600 --rate 4e-4 --calibration minmax \
    $fine --negative-weight 25 --score-threshold 0.63 --average 0.99 --measure-every 400

# Faces that are half hidden. This stage began at the integers, and so had no normalisations: at a low rate that does.
fine="$fine --warm-up 100 --turn 18 --score-threshold 0.63"
stage hidden --from "$folder/narrow.safetensors" --seed 91 --steps 8500 --rate 4e-4 --final-rate 0.005 \
    $fine --negative-weight 30 --hide 0.6
# A network with more channels for small faces, grown from it, with normalisations for a high rate. The shipped model's stage was left
# at step 6,486. Flickr8k counts half as much again from here on.
weights=cvpr13=.25:.25,mask=.30:.25,sports=.25:.30,flickr8k=.09:.07:.2,${others#*,}
fine="$fine --hide 0.3"
stage wide --from "$folder/hidden.float.safetensors" --architecture retinaface-wide-stem --unfold --seed 141 --steps 7500 \
    --rate 1.2e-3 --final-rate 0.005 $fine --negative-weight 30 --teacher-feature-weight 2
# What it still misses, more often …
fine="$fine --mine-objects"
stage hard --from "$folder/wide.float.safetensors" --seed 151 --steps 2300 --rate 6e-4 --final-rate 0.005 $fine \
    --negative-weight 30 --teacher-feature-weight 1
# … and for long, beside pictures without faces that count more: what it learnt of crowds had let it be deceived.
stage crowds --from "$folder/hard.float.safetensors" --seed 181 --steps 10500 --rate 1e-3 --final-rate 0.005 $fine \
    --negative-weight 45
# It had not come to its end.
stage again --from "$folder/crowds.float.safetensors" --seed 201 --steps 10500 --rate 1e-3 --final-rate 0.005 $fine \
    --negative-weight 45
# int8 as before. It finds what the float model finds.
stage int8 --from "$folder/again.float.safetensors" --seed 211 --steps 0 --int8-steps 900 --rate 4e-4 --calibration minmax \
    $fine --negative-weight 45 --score-threshold 0.6 --blend 0.7 --average 0.99 --measure-every 4000
# What the smallest anchors see is less sure than their scores are, in pictures unlike those it was trained on.
[ -f "$folder/detector.safetensors" ] ||
    "$ocellus" adjust "$folder/int8.safetensors" --sizes 10=-0.8 --out "$folder/detector.safetensors"

# Points are looked at twice. People's count, and of faces seen from the side, of which they set few, YuNet's.
resume=
[ ! -d "$folder/face.safetensors.run" ] || resume=--resume
"$ocellus" refine --data "$data" --model "$folder/detector.safetensors" --machine-landmark-weight 0.05 --seed 305 --steps 12000 \
    --source-weights cvpr13=.6:.5,sports=.2:.25,mask=.1:.1,flickr8k=.1:.15 --picture-memory 3500 $resume \
    --out "$folder/face.safetensors"
