import type { GeometryKernel } from './geometry-kernel.js';
import { boundsOf, type MeshPrimitive } from './mesh-primitive.js';

export type Topology = { watertight: true; volume: number } | { watertight: false; reason: string };

/**
 * Asks Manifold whether the triangles bound a body: every edge is shared by two faces that agree about which side
 * is out. Vertices count as one where their positions are equal to the last bit.
 */
export function inspectTopology(kernel: GeometryKernel, primitive: MeshPrimitive): Topology {
  const { minimum, maximum } = boundsOf([primitive]);
  const extent = [0, 1, 2].map((axis) => (maximum[axis] ?? 0) - (minimum[axis] ?? 0));
  if (!extent.every((side) => Number.isFinite(side) && side > 0)) {
    return { watertight: false, reason: 'it is flat or has no vertices' };
  }
  const { vertices, triangles } = welded(primitive);
  // Manifold's precision follows the largest side; in the unit cube a thin fence is as precise as a cube.
  const unit = vertices.map((value, index) => {
    const axis = index % 3;
    return (value - (minimum[axis] ?? 0)) / (extent[axis] ?? 1);
  });
  const mesh = new kernel.Mesh({ numProp: 3, vertProperties: unit, triVerts: triangles });
  try {
    const body = new kernel.Manifold(mesh);
    try {
      const status = body.status();
      if (status !== 'NoError') return { watertight: false, reason: status };
      return {
        watertight: true,
        volume: body.volume() * extent.reduce((product, side) => product * side, 1),
      };
    } finally {
      body.delete();
    }
  } catch (error) {
    return { watertight: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function welded({ positions, indices }: MeshPrimitive): { vertices: Float32Array; triangles: Uint32Array } {
  const found = new Map<string, number>();
  const vertices: number[] = [];
  const target = new Uint32Array(positions.length / 3);
  for (let vertex = 0; vertex < target.length; vertex += 1) {
    const [x = 0, y = 0, z = 0] = positions.subarray(vertex * 3, vertex * 3 + 3);
    const key = `${x},${y},${z}`;
    let index = found.get(key);
    if (index === undefined) {
      index = found.size;
      found.set(key, index);
      vertices.push(x, y, z);
    }
    target[vertex] = index;
  }
  return { vertices: new Float32Array(vertices), triangles: indices.map((vertex) => target[vertex] ?? 0) };
}
