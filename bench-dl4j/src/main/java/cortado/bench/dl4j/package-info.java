/** Deeplearning4j as a contestant of {@code cortado bench}. */
package cortado.bench.dl4j;
