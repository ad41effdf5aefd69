// Rates with their intervals: lying rows for few areas, a standing row of dots for many.

function chartScale(s, order) {
  var top = s.comparator && s.comparator.high || 0;
  order.forEach(i => { top = Math.max(top, s.high[i] === null ? s.rate[i] : s.high[i]); });
  // Where nothing was recorded anywhere, the axis still needs a length.
  top = top || 1;
  var rough = top / 5;
  var power = Math.pow(10, Math.floor(Math.log10(rough)));
  var tick = [1, 2, 5, 10].find(n => n * power >= rough) * power;
  var ticks = [];
  for (var n = 0; n * tick <= top + tick * 0.999; n += 1) ticks.push(n * tick);
  return {top: ticks[ticks.length - 1], ticks, decimals: tick < 1 ? Math.ceil(-Math.log10(tick)) : 0};
}

function chartOrder(s) {
  return everywhere().filter(i => shown(i) && hasRate(s, i))
    .sort((a, b) => s.rate[b] - s.rate[a] || a - b);
}

function crowded(order) {
  return order.length > 1000;
}

// Positions are along the rates ("at") and across the areas ("slot"), whichever way they lie.
function segment(lying, from, to, slot, kind) {
  return svg("line", lying ? {x1: from, x2: to, y1: slot, y2: slot, class: kind}
    : {y1: from, y2: to, x1: slot, x2: slot, class: kind});
}

function chartBody(s, order, box) {
  var scale = chartScale(s, order);
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
  if (comparable(s)) {
    var c = s.comparator;
    if (c.low !== null && c.high !== null) {
      parts.push(svg("rect", box.lying
        ? {x: at(c.low), y: first, width: Math.max(1, at(c.high) - at(c.low)), height: box.across, class: "band"}
        : {y: at(c.high), x: first, height: Math.max(1, at(c.low) - at(c.high)), width: box.across, class: "band"}));
    }
  }
  if (crowded(order)) parts = parts.concat(chartCrowd(s, order, box, at, first));
  else order.forEach((i, n) => {
    var slot = first + (n + 0.5) * box.step;
    parts.push(chartMark(s, i, slot, at, box));
  });
  if (comparable(s)) parts.push(segment(!box.lying, first, last, at(s.comparator.rate), "mean"));
  return parts;
}

function chartMark(s, i, slot, at, box) {
  var picked = i === state.area, group = svg("g", {});
  var half = box.step / 2;
  group.append(svg("rect", box.lying
    ? {x: 0, y: slot - half, width: box.left + box.length, height: box.step, class: picked ? "hit picked" : "hit"}
    : {y: box.upper, x: slot - half, height: box.length, width: box.step, class: picked ? "hit picked" : "hit"}));
  if (s.low[i] !== null && s.high[i] !== null) {
    group.append(segment(box.lying, at(s.low[i]), at(s.high[i]), slot, "whisker"));
  }
  var rate = at(s.rate[i]);
  group.append(svg("circle", {
    cx: box.lying ? rate : slot, cy: box.lying ? slot : rate, class: "dot",
    r: box.lying ? 6 : Math.max(2.2, Math.min(5, half)), fill: fillOf(s, i, true)
  }));
  if (box.lying) {
    group.append(svg("text", {x: box.left - 10, y: slot + 4, "text-anchor": "end", text: nameOf(i)}));
  } else if (picked) {
    var right = slot > box.left + box.across * 0.7;
    group.append(svg("text", {
      x: slot + (right ? -9 : 9), y: box.upper + 12, "text-anchor": right ? "end" : "start",
      text: nameOf(i) + ": " + rateText(s, s.rate[i])
    }));
  }
  group.append(svg("title", {text: nameOf(i) + ": " + rateText(s, s.rate[i])}));
  hear(group, "click", () => { change({area: i}); });
  return group;
}

// So many areas that each is thinner than a line: one path of intervals, one of dots for each fill.
function chartCrowd(s, order, box, at, first) {
  var whiskers = "", dots = {}, picked = order.indexOf(state.area);
  order.forEach((i, n) => {
    var x = (first + (n + 0.5) * box.step).toFixed(1), fillWith = fillOf(s, i, true);
    if (s.low[i] !== null) whiskers += "M" + x + "," + at(s.low[i]).toFixed(1) + "V" + at(s.high[i]).toFixed(1);
    dots[fillWith] = (dots[fillWith] || "") + "M" + x + "," + at(s.rate[i]).toFixed(1) + "h.01";
  });
  var parts = [svg("path", {d: whiskers, class: "whisker crowd"})].concat(Object.keys(dots).map(ink => {
    return svg("path", {d: dots[ink], stroke: ink, class: "crowd-dots"});
  }));
  if (picked >= 0) parts.push(chartMark(s, state.area, first + (picked + 0.5) * box.step, at, {...box, step: 6}));
  var hit = svg("rect", {x: first, y: box.upper, width: box.across, height: box.length, class: "hit"});
  hear(hit, "click", event => {
    var place = Math.floor((event.clientX - hit.getBoundingClientRect().left) / box.step);
    change({area: order[Math.max(0, Math.min(order.length - 1, place))]});
  });
  return parts.concat(hit);
}

function drawChart() {
  var s = current(), order = chartOrder(s), page = data.words.page;
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
  var without = countWhere(i => !hasRate(s, i));
  byId("chart-note").textContent = [
    page.chart_note,
    comparable(s) ? told("chart_note_comparator", comparatorNames(s)) : "",
    without ? told("chart_note_without", {n: without}) : ""
  ].join(" ").trim();
  if (width > room) byId("chart").setAttribute("tabindex", "0");
  else byId("chart").removeAttribute("tabindex");
  replace(byId("chart"), [order.length ? svg("svg", {
    viewBox: "0 0 " + width + " " + height, width, height, role: "img", "aria-label": page.chart_label
  }, chartBody(s, order, box)) : null]);
}

function startChart() {
  drawWith(later(drawChart));
  hear(window, "resize", () => {
    if (byId("chart").clientWidth) drawChart();
  });
}
