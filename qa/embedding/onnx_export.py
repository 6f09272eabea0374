"""Writes a BERT model with mean pooling as ONNX: `python onnx_export.py FOLDER TARGET`, run by export_cache.py.

A script, so that torch stays out of the program's own process. It imports nothing of the program.
"""

from __future__ import annotations

import sys
from typing import Any


def main(folder: str, target: str) -> None:
    """Exports the model in `folder` to the file `target` and checks that the two agree."""
    import torch

    encoder = _mean_pooled(folder)
    # More than one row, and padding: a size of one would be taken for a constant.
    ids = torch.randint(1000, 2000, (3, 17), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", min=2, max=512)}
    # The older exporter (dynamo=False) writes a graph whose vectors are wrong.
    program: Any = torch.onnx.export(
        encoder,
        (ids, mask),
        dynamo=True,
        external_data=True,
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_shapes=(axes, axes),
    )
    program.save(target, external_data=True)  # the weights go beside it
    _check(encoder, target)


def _mean_pooled(folder: str) -> Any:
    """A torch module: (batch, sequence) of ids and mask -> (batch, dimensions), the mean over the mask."""
    import torch
    from transformers import AutoModel

    class MeanPooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = AutoModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, attn_implementation="eager", dtype=torch.float32
            )

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            tokens = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            return (tokens * weights).sum(1) / weights.sum(1)

    return MeanPooled().eval()


def _check(encoder: Any, target: str) -> None:
    """Raises SystemExit where the written graph and torch differ on a batch of another shape than the example."""
    import numpy as np
    import onnxruntime
    import torch

    ids = torch.randint(1000, 20000, (5, 256), generator=torch.Generator().manual_seed(1))
    mask = (torch.arange(256) < torch.tensor([[2], [30], [100], [255], [256]])).long()
    with torch.no_grad():
        expected = encoder(ids, mask).numpy()
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    if not np.allclose(found, expected, atol=1e-4):
        raise SystemExit("the exported model gives other vectors than its weights; try another version of torch")


if __name__ == "__main__":
    main(*sys.argv[1:])
