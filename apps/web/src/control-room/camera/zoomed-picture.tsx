import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { fill, t } from "../../ui/messages/format.ts";
import { useKeys } from "../../ui/use-keys.ts";
import classes from "./camera.module.css";
import { moved, UNZOOMED, type Zoom, zoomedAround } from "./zoom.ts";

const STEP = 1.25;
const PAN = 0.1;

/** Digital zoom of what is shown: wheel, pinch, keys; a small frame tells where one is (C20). */
export function ZoomedPicture({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(UNZOOMED);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  useKeys([
    ["z", () => setZoom((now) => zoomedAround(now, STEP, 0.5, 0.5))],
    ["shift+z", () => setZoom((now) => zoomedAround(now, 1 / STEP, 0.5, 0.5))],
    ["x", () => setZoom(UNZOOMED)],
    ["shift+ArrowLeft", () => setZoom((now) => moved(now, -PAN, 0))],
    ["shift+ArrowRight", () => setZoom((now) => moved(now, PAN, 0))],
    ["shift+ArrowUp", () => setZoom((now) => moved(now, 0, -PAN))],
    ["shift+ArrowDown", () => setZoom((now) => moved(now, 0, PAN))],
  ]);
  useEffect(() => {
    const element = box.current;
    const turned = (event: WheelEvent): void => {
      event.preventDefault();
      const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
      const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
      setZoom((now) => zoomedAround(now, event.deltaY < 0 ? STEP : 1 / STEP, x, y));
    };
    element?.addEventListener("wheel", turned, { passive: false });
    return () => element?.removeEventListener("wheel", turned);
  }, []);
  const drag = (event: PointerEvent): void => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    if (other) {
      const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      setZoom((z) => zoomedAround(z, factor, (other.x - left) / width, (other.y - top) / height));
    } else setZoom((z) => moved(z, (before.x - now.x) / width / z.factor, (before.y - now.y) / height / z.factor));
  };
  const end = (event: PointerEvent): void => void pointers.current.delete(event.pointerId);
  return (
    <div
      ref={box}
      className={classes.zoomed}
      data-zoomed={zoom.factor > 1 || undefined}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      }}
      onPointerMove={drag}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <div className={classes.zoomedInner} style={{ transform: transformOf(zoom) }}>
        {children}
      </div>
      {zoom.factor > 1 && <Inset zoom={zoom} />}
    </div>
  );
}

function Inset({ zoom }: { zoom: Zoom }) {
  const side = `${100 / zoom.factor}%`;
  return (
    <div className={classes.inset} role="img" aria-label={fill(t.camera.zoomedTo, { factor: zoom.factor.toFixed(1) })}>
      <i style={{ left: `${zoom.x * 100}%`, top: `${zoom.y * 100}%`, width: side, height: side }} />
      <span>{zoom.factor.toFixed(1)}×</span>
    </div>
  );
}

const transformOf = ({ factor, x, y }: Zoom): string => `scale(${factor}) translate(${-x * 100}%, ${-y * 100}%)`;
