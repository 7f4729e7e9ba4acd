import Module, { type ManifoldToplevel } from 'manifold-3d';

/** The solid modelling library Manifold, compiled to WebAssembly. */
export type GeometryKernel = ManifoldToplevel;

/** Loads a kernel of its own: some 20 ms, and memory that is kept until it is collected. */
export async function loadGeometryKernel(): Promise<GeometryKernel> {
  const kernel = await Module();
  kernel.setup();
  return kernel;
}

/** Loads the kernel at the first call and answers with the same one from then on. */
export function lazyGeometryKernel(): () => Promise<GeometryKernel> {
  let loading: Promise<GeometryKernel> | undefined;
  return () => (loading ??= loadGeometryKernel());
}
