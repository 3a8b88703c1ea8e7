// The page of one scheduler: what stands in it works by itself; these modules keep it fresh and make it handier.
import { enhanceForms } from "./forms.js";
import { listen } from "./live.js";
import { keepFresh } from "./parts.js";
import { drawReadings } from "./chart_readings.js";
import { beginScoreChart } from "./chart_score.js";
import { beginSelection } from "./selection.js";
import { enhanceUploads } from "./upload.js";

const chart = beginScoreChart();
const selection = beginSelection({ shown: [chart.select, drawReadings] });
chart.onSelect(selection.select);
enhanceForms();
enhanceUploads();
keepFresh();
listen({ scored: chart.refresh });
drawReadings(selection.current());
