/** What we use of Clipper 6 for JavaScript, which brings no types of its own. */
declare module "clipper-lib" {
  interface IntPoint {
    readonly X: number;
    readonly Y: number;
  }
  interface PolyNode {
    Childs(): PolyNode[];
    Contour(): IntPoint[];
    IsHole(): boolean;
  }
  interface Clipper {
    AddPath(path: readonly IntPoint[], kind: number, closed: boolean): boolean;
    Execute(operation: number, into: PolyNode, subjectFill: number, clipFill: number): boolean;
  }
  const library: {
    readonly Clipper: new () => Clipper;
    readonly PolyTree: new () => PolyNode;
    readonly ClipType: { readonly ctIntersection: 0; readonly ctUnion: 1; readonly ctDifference: 2 };
    readonly PolyType: { readonly ptSubject: 0; readonly ptClip: 1 };
    readonly PolyFillType: { readonly pftNonZero: 1 };
  };
  export default library;
}
