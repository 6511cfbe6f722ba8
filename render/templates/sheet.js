(() => {
  const source = document.getElementById("latex"), list = source.textContent.split("\n"), of = new Map();
  const button = document.createElement("button");
  let count = -1, before, shown;
  button.type = "button";
  button.className = "copy";
  button.setAttribute("aria-live", "polite");
  for (const math of document.querySelectorAll("math")) {
    let unit = math.closest(".long") || (math.closest("td > details") ? math : math.closest(".chain tr, .display") || math);
    while (unit.matches("tr.open")) unit = unit.nextElementSibling;
    if (unit !== before) count++;
    before = unit;
    of.set(math, list[count][0] === "@" ? list[list[count].slice(1)] : list[count]);
    if (unit.matches("tr, .display")) math.tabIndex = 0;
  }
  const hide = () => { button.remove(); shown = null; };
  const show = event => {
    const math = event.target.closest?.("math");
    if (!math || math === shown || !of.has(math)) { if (!math && event.target !== button) hide(); return; }
    shown = math;
    button.textContent = source.dataset.copy;
    math.after(button);
    const box = math.getBoundingClientRect();
    button.style.left = Math.max(4, Math.min(box.left, innerWidth - button.offsetWidth - 4)) + "px";
    button.style.top = (box.top > 40 ? box.top - button.offsetHeight : box.bottom) + "px";
  };
  button.addEventListener("click", async () => {
    const text = of.get(shown);
    try { await navigator.clipboard.writeText(text); } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = source.dataset.copied;
  });
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("keydown", event => event.key === "Escape" && hide());
  addEventListener("scroll", () => shown && !button.matches(":focus") && hide(), true);
})();
