import { memo, useLayoutEffect, useRef } from 'react';
import { type SparkInk, useSparkInk } from './spark-ink.ts';
import { rememberSpark } from './spark-likeness.ts';
import { sparkHeight, sparkWidth, traceSpark } from './trace-spark.ts';

/** Where a line is read, and who tells that it changed. */
export interface SparkLine {
  /** 0 to 100, oldest first; null where nothing is known. The same object while nothing changed. */
  read(): readonly (number | null)[];
  /** `CPU, latest 34.2 %`. */
  label(): string;
  /** Tells that either is another one. The result undoes it. */
  subscribe(listener: () => void): () => void;
}

interface SparklineProps {
  /** The same object as long as it is the same line. */
  readonly line: SparkLine;
}

/**
 * The last values as a line the size of a word, on a canvas: what moves with every reading must not cost a layout, nor a
 * drawing of what is around it. Drawn again only when its values, the theme or the display's density change.
 */
export const Sparkline = memo(function Sparkline({ line }: SparklineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ink = useSparkInk();
  useLayoutEffect(() => {
    const place = canvas.current;
    if (place === null) return;
    let drawn: readonly (number | null)[] | null = null;
    let said = '';
    const redraw = (): void => {
      const [values, label] = [line.read(), line.label()];
      if (label !== said) place.setAttribute('aria-label', label);
      said = label;
      if (values !== drawn) draw(place, values, ink);
      drawn = values;
    };
    redraw();
    return line.subscribe(redraw);
  }, [line, ink]);
  return <canvas ref={canvas} className="spark" role="img" />;
});

function draw(canvas: HTMLCanvasElement, values: readonly (number | null)[], ink: SparkInk): void {
  // Setting the size also wipes what was drawn before.
  canvas.width = Math.round(sparkWidth * ink.density);
  canvas.height = Math.round(sparkHeight * ink.density);
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.scale(ink.density, ink.density);
  pen.strokeStyle = ink.ground;
  pen.lineWidth = 1;
  pen.setLineDash([1, 2]);
  pen.beginPath();
  pen.moveTo(0, 1.5);
  pen.lineTo(sparkWidth, 1.5);
  pen.stroke();
  pen.setLineDash([]);
  pen.strokeStyle = ink.line;
  pen.lineWidth = 1.2;
  pen.lineJoin = 'round';
  pen.lineCap = 'round';
  pen.beginPath();
  traceSpark(pen, values, sparkWidth, sparkHeight);
  pen.stroke();
  rememberSpark(canvas, values);
}
