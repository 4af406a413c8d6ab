// Runs before the page is painted: puts back the look chosen with the switch in the footer.
// Without a choice there is no data-theme, and app.css follows the system.
(() => {
  const grounds = { morning: "#FBF8F3", evening: "#131C19" };

  window.theme = {
    get choice() {
      try {
        return localStorage.getItem("theme") ?? "auto";
      } catch {
        return "auto"; // storage may be forbidden; then every page follows the system
      }
    },
    choose(choice) {
      try {
        localStorage.setItem("theme", choice);
      } catch {
        // The choice then lasts as long as the page.
      }
      window.theme.show(choice);
    },
    show(choice) {
      const chosen = choice in grounds;
      if (chosen) document.documentElement.dataset.theme = choice;
      else delete document.documentElement.dataset.theme;
      for (const meta of document.querySelectorAll('meta[name="theme-color"]'))
        meta.content = grounds[chosen ? choice : meta.dataset.theme];
    },
  };

  window.theme.show(window.theme.choice);
})();
