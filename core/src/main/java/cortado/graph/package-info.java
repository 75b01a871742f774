/** Ops in topological order, their named parameters, and both together as a model. */
package cortado.graph;
