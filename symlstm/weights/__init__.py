"""Weights in and out: PyTorch modules and state dicts, safetensors, npz and ONNX files. Never pickle.

packages            the optional packages, imported when needed
labels              what the numbers mean, as one text of JSON inside the file
tensors             the network's numbers under PyTorch's names, each rounded once
npz_file, safetensors_file, onnx_file
                    one format each: write, read, and one step as whoever opens the file takes it
formats             which ending is which format
importing           tensors and labels to a `Network`: from_torch, read_weights
checking            the file's network against ours, step by step
exporting           export, to_state_dict: nothing appears that has not been checked
"""
