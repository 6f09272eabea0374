"""From hits to an answer: the embedded answerer, abstention, citations and the words around them."""
