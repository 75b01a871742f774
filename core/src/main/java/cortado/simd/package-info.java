/** The inner loops: vectors over sixteen lanes, in an order of additions that no machine changes. */
package cortado.simd;
