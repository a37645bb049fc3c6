#!/bin/sh
# Trains the face model that the library brings along: three stages in float, then simulated int8. Each stage goes on where
# it was when this is started again. About an hour on two cores that have nothing else to do.
#
#   Models/face/train.sh DATA NEGATIVES TEACHER FOLDER
#
# DATA       folder of faces as RetinaFace's text lists (label_train.txt, label_val.txt, images/)
# NEGATIVES  folder of photographs without faces
# TEACHER    float model of the same anchors (RetinaFace's published weights, imported)
# FOLDER     where the stages are written; FOLDER/face.safetensors is the result
set -eu
data=$1 negatives=$2 teacher=$3 folder=$4
ocellus=${OCELLUS:-ocellus}
mkdir -p "$folder"

# How often each collection of photographs is taken: alone, and in mosaics.
weights=cvpr13=.3:.45,mask=.3:.15,sports=.2:.12,flickr8k=.06:.03,voc12=.06:.03,ccp=.04:.03,coco128=.02:.01,humanseg=.02:.01

stage() { # stage NAME ARGUMENT...
    name=$1
    shift
    [ ! -f "$folder/$name.safetensors" ] || return 0
    resume=
    [ ! -d "$folder/$name.safetensors.run" ] || resume=--resume
    "$ocellus" train --data "$data" --negatives "$negatives" --teacher "$teacher" --out "$folder/$name.safetensors" \
        --batch 16 --negative-ratio 5 --source-weights $weights --picture-memory 3500 $resume "$@"
}

# Small canvases first: two and a half times as many pictures a second, and anchors keep their sizes in pixels.
stage small --from scratch --architecture retinaface-mobilenet0.25 --size 192 --seed 1 --steps 3200 --int8-steps 0 \
    --rate 2e-3 --warm-up 200 --final-rate 0.5 --landmark-weight 0.5 --average 0.998 --measure-every 800
stage large --from "$folder/small.float.safetensors" --size 300 --seed 2 --steps 5000 --int8-steps 0 \
    --rate 1.2e-3 --warm-up 100 --final-rate 0.01 --landmark-weight 1 --average 0.999 --measure-every 1000
stage face --from "$folder/large.float.safetensors" --seed 3 --steps 2200 --int8-steps 250 \
    --rate 6e-4 --warm-up 50 --final-rate 0.01 --landmark-weight 1 --average 0.999 --measure-every 1100
