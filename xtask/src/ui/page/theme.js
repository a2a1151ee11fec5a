// Light, dark, or as the system has it. Where nothing may be kept the choice lasts as long as the page.
const themeButton = document.getElementById("theme");
const THEMES = { auto: "◐", light: "○", dark: "●" };

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const word = document.createElement("span");
  word.textContent = ` ${theme}`;
  themeButton.replaceChildren(THEMES[theme], word);
  themeButton.setAttribute("aria-label", `Theme: ${theme}`);
}

function kept(theme) {
  try {
    if (theme) localStorage.setItem("theme", theme);
    return localStorage.getItem("theme");
  } catch {
    return theme;
  }
}

themeButton.addEventListener("click", () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
  setTheme(next);
  kept(next);
});

setTheme(Object.hasOwn(THEMES, kept() ?? "") ? kept() : "auto");
