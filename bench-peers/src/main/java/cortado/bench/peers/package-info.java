/** Other engines as contestants: each a program that obeys {@link cortado.bench.Worker}'s orders. */
package cortado.bench.peers;
