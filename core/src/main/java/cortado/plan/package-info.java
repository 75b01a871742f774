/** A graph compiled for one batch size: steps over planned memory. */
package cortado.plan;
