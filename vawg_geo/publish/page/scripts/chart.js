// Rates with their intervals: lying rows for few areas, a standing row of dots for many.

function chartScale(series, order) {
  var top = series.comparator && series.comparator.high || 0;
  order.forEach(i => { top = Math.max(top, series.high[i] === null ? series.rate[i] : series.high[i]); });
  // Where nothing was recorded anywhere, the axis still needs a length.
  top = top || 1;
  var rough = top / 5;
  var power = Math.pow(10, Math.floor(Math.log10(rough)));
  var tick = [1, 2, 5, 10].find(n => n * power >= rough) * power;
  var ticks = [];
  for (var n = 0; n * tick <= top + tick * 0.999; n += 1) ticks.push(n * tick);
  return {top: ticks[ticks.length - 1], ticks, decimals: tick < 1 ? Math.ceil(-Math.log10(tick)) : 0};
}

function chartOrder(series) {
  return everywhere().filter(i => shown(i) && hasRate(series, i))
    .sort((a, b) => series.rate[b] - series.rate[a] || a - b);
}

function crowded(order) {
  return order.length > 1000;
}

// Positions are along the rates ("at") and across the areas ("slot"), whichever way they lie.
function segment(lying, from, to, slot, kind) {
  return svg("line", lying ? {x1: from, x2: to, y1: slot, y2: slot, class: kind}
    : {y1: from, y2: to, x1: slot, x2: slot, class: kind});
}

function chartBody(series, order, box) {
  var scale = chartScale(series, order);
  var parts = [];
  function at(value) {
    var share = value / scale.top;
    return box.lying ? box.left + share * box.length : box.upper + (1 - share) * box.length;
  }
  var first = box.lying ? box.upper : box.left, last = first + box.across;
  scale.ticks.forEach(tick => {
    parts.push(segment(!box.lying, first, last, at(tick), "grid"));
    parts.push(svg("text", box.lying
      ? {x: at(tick), y: last + 16, "text-anchor": "middle", class: "soft", text: printed(tick, scale.decimals)}
      : {x: box.left - 6, y: at(tick) + 4, "text-anchor": "end", class: "soft", text: printed(tick, scale.decimals)}));
  });
  if (comparable(series)) {
    var c = series.comparator;
    if (c.low !== null && c.high !== null) {
      parts.push(svg("rect", box.lying
        ? {x: at(c.low), y: first, width: Math.max(1, at(c.high) - at(c.low)), height: box.across, class: "band"}
        : {y: at(c.high), x: first, height: Math.max(1, at(c.low) - at(c.high)), width: box.across, class: "band"}));
    }
  }
  if (crowded(order)) parts = parts.concat(chartCrowd(series, order, box, at, first));
  else order.forEach((i, n) => {
    var slot = first + (n + 0.5) * box.step;
    parts.push(chartMark(series, i, slot, at, box));
  });
  if (comparable(series)) parts.push(segment(!box.lying, first, last, at(series.comparator.rate), "mean"));
  return parts;
}

function chartMark(series, i, slot, at, box) {
  var picked = i === state.area, group = svg("g", {});
  var half = box.step / 2;
  group.append(svg("rect", box.lying
    ? {x: 0, y: slot - half, width: box.left + box.length, height: box.step, class: picked ? "hit picked" : "hit"}
    : {y: box.upper, x: slot - half, height: box.length, width: box.step, class: picked ? "hit picked" : "hit"}));
  if (series.low[i] !== null && series.high[i] !== null) {
    group.append(segment(box.lying, at(series.low[i]), at(series.high[i]), slot, "whisker"));
  }
  var rate = at(series.rate[i]);
  group.append(svg("circle", {
    cx: box.lying ? rate : slot, cy: box.lying ? slot : rate, class: "dot",
    r: box.lying ? 6 : Math.max(2.2, Math.min(5, half)), fill: fillOf(series, i, true)
  }));
  if (box.lying) {
    group.append(svg("text", {x: box.left - 10, y: slot + 4, "text-anchor": "end", text: data.areas.name[i]}));
  } else if (picked) {
    var right = slot > box.left + box.across * 0.7;
    group.append(svg("text", {
      x: slot + (right ? -9 : 9), y: box.upper + 12, "text-anchor": right ? "end" : "start",
      text: data.areas.name[i] + ": " + rateText(series, series.rate[i])
    }));
  }
  group.append(svg("title", {text: data.areas.name[i] + ": " + rateText(series, series.rate[i])}));
  group.addEventListener("click", () => { change({area: i}); });
  return group;
}

// So many areas that each is thinner than a line: one path of intervals, one of dots for each fill.
function chartCrowd(series, order, box, at, first) {
  var whiskers = "", dots = {}, picked = order.indexOf(state.area);
  order.forEach((i, n) => {
    var x = (first + (n + 0.5) * box.step).toFixed(1), fillWith = fillOf(series, i, true);
    if (series.low[i] !== null) whiskers += "M" + x + "," + at(series.low[i]).toFixed(1) + "V" + at(series.high[i]).toFixed(1);
    dots[fillWith] = (dots[fillWith] || "") + "M" + x + "," + at(series.rate[i]).toFixed(1) + "h.01";
  });
  var parts = [svg("path", {d: whiskers, class: "whisker crowd"})].concat(Object.keys(dots).map(ink => {
    return svg("path", {d: dots[ink], stroke: ink, class: "crowd-dots"});
  }));
  if (picked >= 0) parts.push(chartMark(series, state.area, first + (picked + 0.5) * box.step, at, {...box, step: 6}));
  var hit = svg("rect", {x: first, y: box.upper, width: box.across, height: box.length, class: "hit"});
  hit.addEventListener("click", event => {
    var place = Math.floor((event.clientX - hit.getBoundingClientRect().left) / box.step);
    change({area: order[Math.max(0, Math.min(order.length - 1, place))]});
  });
  return parts.concat(hit);
}

function drawChart() {
  var series = current(), order = chartOrder(series), page = data.words.page;
  var lying = order.length <= 30;
  var room = Math.max(260, byId("chart").clientWidth);
  // Many areas on a narrow screen: the chart is wider than the screen and scrolls.
  var width = lying || crowded(order) ? room : Math.max(room, 52 + order.length * 5);
  var left = lying ? Math.min(190, width * 0.4) : 44;
  var across = lying ? order.length * 26 : width - left - 8;
  var box = {
    lying: lying, left, upper: lying ? 4 : 8, across,
    length: lying ? width - left - 24 : 250,
    step: across / Math.max(1, order.length)
  };
  var height = lying ? across + 28 : 266;
  var without = countWhere(i => !hasRate(series, i));
  byId("chart-note").textContent = [
    page.chart_note,
    comparable(series) ? fill(page.chart_note_comparator, comparatorNames(series)) : "",
    without ? fill(page.chart_note_without, levels({n: without})) : ""
  ].join(" ").trim();
  if (width > room) byId("chart").setAttribute("tabindex", "0");
  else byId("chart").removeAttribute("tabindex");
  replace(byId("chart"), [order.length ? svg("svg", {
    viewBox: "0 0 " + width + " " + height, width, height, role: "img", "aria-label": page.chart_label
  }, chartBody(series, order, box)) : null]);
}

function startChart() {
  drawWith(later(drawChart));
  window.addEventListener("resize", () => {
    if (byId("chart").clientWidth) drawChart();
  });
}
