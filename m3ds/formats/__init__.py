"""Annotation formats: COCO, YOLO, VGG, parallel lists and tables; none knows whose they are."""
