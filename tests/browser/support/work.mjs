// What a page costs the browser's main thread, as Chromium's own trace tells it.

/** Which part of the work an event of the trace is; nested events count for the innermost. */
const kParts = [
  ["script", /^(EvaluateScript|v8\.|V8\.|FunctionCall|RunMicrotasks|EventDispatch|TimerFire|FireAnimationFrame|MinorGC|MajorGC|BlinkGC|CppGC|CompileScript|CompileModule|EvaluateModule)/],
  ["style", /^(UpdateLayoutTree|RecalculateStyles|ParseAuthorStyleSheet|ScheduleStyleRecalculation)/],
  ["layout", /^(Layout|LocalFrameView::layout|HitTest)/],
  ["paint", /^(Paint|PrePaint|Layerize|Commit|UpdateLayer|CompositeLayers|RasterTask|ImageDecodeTask|Decode )/],
  ["parse", /^(ParseHTML)/],
];

function partOf(name) {
  return kParts.find(([, form]) => form.test(name))?.[0] ?? "";
}

/**
 * @param {any[]} events of a trace
 * @param {string} [mark] the page's own mark up to which work counts
 * @returns {Record<string, number>} milliseconds of processor time of the page's main thread, by part; `task` is all of it
 */
export function sumTrace(events, mark = "") {
  const end = mark ? events.find((one) => one.name === mark && one.cat.includes("blink.user_timing")).ts : Infinity;
  const main = events.find((one) => one.name === "thread_name" && one.args.name === "CrRendererMain" && events.some((other) =>
    other.pid === one.pid && other.tid === one.tid && other.name === "UpdateLayoutTree"));
  const own = events.filter((one) => one.pid === main.pid && one.tid === main.tid && one.ph === "X" && one.tdur !== undefined && one.ts < end).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const sums = { task: 0, script: 0, style: 0, layout: 0, paint: 0, parse: 0, other: 0 };
  const stack = [];
  // What the test itself asks of the page by the debugger is no work of the page.
  const isTool = (one) => one.args?.chrome_mojo_event_info?.mojo_interface_tag === "blink.mojom.DevToolsSession";
  const close = (until) => {
    while (stack.length > 0 && stack.at(-1).end <= until) {
      const done = stack.pop();
      if (done.tool) {
        sums.task -= done.self;
        continue;
      }
      const part = partOf(done.name) || stack.findLast?.((one) => partOf(one.name))?.part || "";
      sums[part || "other"] += done.self;
    }
  };
  for (const one of own) {
    close(one.ts);
    const time = one.tdur / 1000;
    if (stack.length > 0) stack.at(-1).self -= time;
    else sums.task += time;
    stack.push({ name: one.name, tool: isTool(one) || stack.at(-1)?.tool === true, part: partOf(one.name), end: one.ts + one.dur, self: time });
  }
  close(Infinity);
  return sums;
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<void>} visit until everything is drawn
 * @returns {Promise<any[]>} the trace's events
 */
export async function traceOf(browser, page, visit) {
  await browser.startTracing(page, { categories: ["devtools.timeline", "blink", "v8", "disabled-by-default-v8.compile", "toplevel", "loading", "cc", "blink.user_timing"] });
  await visit();
  return JSON.parse((await browser.stopTracing()).toString()).traceEvents;
}
