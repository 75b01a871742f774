/** The notes, live: explanations of convolution, pooling, ReLU and the loss with concrete numbers, as text and as a page. */
module cortado.explain {
    requires transitive cortado.core;

    exports cortado.explain;
}
