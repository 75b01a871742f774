/** Shapes, tensors, random numbers and the two exception types: what everything else is written in. */
package cortado.tensor;
